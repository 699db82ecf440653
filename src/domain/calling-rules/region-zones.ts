/**
 * Data only: which zones the states and provinces of large countries keep, for countries whose regions have no rows of their own in
 * `rules.json`. A country is written zone by zone; behind the zones stand the regions as `code name` (several codes: `code/code name`).
 *
 * As of 2026-11-23. Codes: ISO 3166-2 without the country, and where Shopify's `province_code` differs, that too. Zones: names of the IANA
 * time zone database. Where one part of a region keeps another clock, all its zones are named. A test compares the clocks of each country
 * with those that the library of zones gives it.
 */
export const REGION_ZONES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AU: {
    'Australia/Sydney': 'ACT Australian Capital Territory',
    // Broken Hill keeps South Australia's clock; Lord Howe Island's is half an hour ahead and moves by half an hour.
    'Australia/Sydney Australia/Broken_Hill Australia/Lord_Howe': 'NSW New South Wales',
    'Australia/Darwin': 'NT Northern Territory',
    'Australia/Brisbane': 'QLD Queensland',
    'Australia/Adelaide': 'SA South Australia',
    'Australia/Hobart': 'TAS Tasmania',
    'Australia/Melbourne': 'VIC Victoria',
    // Eucla and the roadhouses around it: 8¾ hours ahead of UTC.
    'Australia/Perth Australia/Eucla': 'WA Western Australia',
  },
  BR: {
    'America/Rio_Branco': 'AC Acre',
    'America/Manaus America/Eirunepe': 'AM Amazonas',
    'America/Porto_Velho': 'RO Rondônia',
    'America/Boa_Vista': 'RR Roraima',
    'America/Cuiaba': 'MT Mato Grosso',
    'America/Campo_Grande': 'MS Mato Grosso do Sul',
    'America/Recife America/Noronha': 'PE Pernambuco',
    'America/Belem': 'AP Amapá, PA Pará',
    'America/Araguaina': 'TO Tocantins',
    'America/Bahia': 'BA Bahia',
    'America/Maceio': 'AL Alagoas, SE Sergipe',
    'America/Fortaleza': 'CE Ceará, MA Maranhão, PB Paraíba, PI Piauí, RN Rio Grande do Norte',
    'America/Sao_Paulo':
      'DF Distrito Federal, DF Federal District, ES Espírito Santo, GO Goiás, MG Minas Gerais, PR Paraná, RJ Rio de Janeiro, RS Rio Grande do Sul, SC Santa Catarina, SP São Paulo',
  },
  CL: {
    'America/Punta_Arenas': 'MA Magallanes, MA Magallanes Region, MA Magallanes y de la Antártica Chilena',
    // Left the clock of Santiago in 2025.
    'America/Coyhaique': 'AI Aysén, AI Aysén del General Carlos Ibáñez del Campo',
    'America/Santiago Pacific/Easter': 'VS Valparaíso',
    'America/Santiago':
      "AN Antofagasta, AP Arica y Parinacota, AR Araucanía, AR La Araucanía, AT Atacama, BI Biobío, BI Bío Bío, CO Coquimbo, LI O'Higgins, LI Libertador General Bernardo O'Higgins, LL Los Lagos, LR Los Ríos, ML Maule, NB Ñuble, RM Santiago, RM Santiago Metropolitan, RM Región Metropolitana, RM Región Metropolitana de Santiago, TA Tarapacá",
  },
  ES: {
    'Atlantic/Canary': 'GC Las Palmas, TF Santa Cruz de Tenerife, CN Canarias, CN Canary Islands',
    'Africa/Ceuta': 'CE Ceuta, ML Melilla',
    'Europe/Madrid':
      'C A Coruña, A Alicante, AB Albacete, AL Almería, O Asturias, AV Ávila, BA Badajoz, PM/IB Balears, IB Illes Balears, IB Islas Baleares, IB Balears Province, B Barcelona, BI Vizcaya, BI Bizkaia, BU Burgos, CA Cádiz, CC Cáceres, S Cantabria, CS Castellón, CO Córdoba, CR Ciudad Real, CU Cuenca, SS Gipuzkoa, SS Guipúzcoa, GI Girona, GR Granada, GU Guadalajara, H Huelva, HU Huesca, J Jaén, LO La Rioja, LE León, L Lleida, LU Lugo, M Madrid, MA Málaga, MU Murcia, NA Navarra, OR Ourense, P Palencia, PO Pontevedra, SA Salamanca, SE Sevilla, SE Seville, SG Segovia, SO Soria, T Tarragona, TE Teruel, TO Toledo, V Valencia, VA Valladolid, VI Álava, Z Zaragoza, ZA Zamora',
  },
  ID: {
    'Asia/Jakarta':
      'AC Aceh, BB Bangka Belitung, BT Banten, BE Bengkulu, JA Jambi, JB Jawa Barat, JB West Java, JT Jawa Tengah, JT Central Java, JI Jawa Timur, JI East Java, JK Jakarta, KR Kepulauan Riau, LA Lampung, RI Riau, SB Sumatra Barat, SB West Sumatra, SS Sumatra Selatan, SS South Sumatra, SU Sumatra Utara, SU North Sumatra, YO Yogyakarta, YO DI Yogyakarta',
    'Asia/Pontianak': 'KB Kalimantan Barat, KB West Kalimantan, KT Kalimantan Tengah, KT Central Kalimantan',
    'Asia/Makassar':
      'BA Bali, GO Gorontalo, KI Kalimantan Timur, KI East Kalimantan, KS Kalimantan Selatan, KS South Kalimantan, KU Kalimantan Utara, KU North Kalimantan, NB Nusa Tenggara Barat, NB West Nusa Tenggara, NT Nusa Tenggara Timur, NT East Nusa Tenggara, SA Sulawesi Utara, SA North Sulawesi, SG Sulawesi Tenggara, SG Southeast Sulawesi, SN Sulawesi Selatan, SN South Sulawesi, SR Sulawesi Barat, SR West Sulawesi, ST Sulawesi Tengah, ST Central Sulawesi',
    'Asia/Jayapura':
      'MA Maluku, MU Maluku Utara, MU North Maluku, PA Papua, PB Papua Barat, PB West Papua, PD Papua Barat Daya, PE Papua Pegunungan, PS Papua Selatan, PT Papua Tengah',
  },
  MX: {
    'America/Tijuana': 'BC/BCN Baja California',
    'America/Hermosillo': 'SON Sonora',
    'America/Mazatlan': 'BCS Baja California Sur, SIN Sinaloa',
    'America/Mazatlan America/Bahia_Banderas': 'NAY Nayarit',
    'America/Chihuahua America/Ciudad_Juarez America/Ojinaga': 'CHIH/CHH Chihuahua',
    // The towns on the border change their clocks with Texas.
    'America/Monterrey America/Matamoros':
      'COAH/COA Coahuila, COA Coahuila de Zaragoza, NL/NLE Nuevo León, TAMPS/TAM Tamaulipas',
    'America/Cancun': 'QROO/ROO Quintana Roo',
    'America/Merida': 'CAMP/CAM Campeche, YUC Yucatán',
    'America/Mexico_City':
      'AGS/AGU Aguascalientes, CHIS/CHP Chiapas, DF/CMX Ciudad de México, CMX Mexico City, COL Colima, DGO/DUR Durango, GTO/GUA Guanajuato, GRO Guerrero, HGO/HID Hidalgo, JAL Jalisco, MEX México, MEX Estado de México, MICH/MIC Michoacán, MIC Michoacán de Ocampo, MOR Morelos, OAX Oaxaca, PUE Puebla, QRO/QUE Querétaro, SLP San Luis Potosí, TAB Tabasco, TLAX/TLA Tlaxcala, VER Veracruz, ZAC Zacatecas',
  },
  NZ: {
    'Pacific/Chatham': 'CIT Chatham Islands, CIT Chatham Islands Territory',
    'Pacific/Auckland':
      "AUK Auckland, BOP Bay of Plenty, CAN Canterbury, GIS Gisborne, HKB Hawke's Bay, MBH Marlborough, MWT Manawatu-Wanganui, MWT Manawatū-Whanganui, NSN Nelson, NTL Northland, OTA Otago, STL Southland, TAS Tasman, TKI Taranaki, WGN Wellington, WKO Waikato, WTC West Coast",
  },
  PT: {
    'Atlantic/Azores': '20 Açores, 20 Azores',
    'Atlantic/Madeira': '30 Madeira',
    'Europe/Lisbon':
      '01 Aveiro, 02 Beja, 03 Braga, 04 Bragança, 05 Castelo Branco, 06 Coimbra, 07 Évora, 08 Faro, 09 Guarda, 10 Leiria, 11 Lisboa, 11 Lisbon, 12 Portalegre, 13 Porto, 14 Santarém, 15 Setúbal, 16 Viana do Castelo, 17 Vila Real, 18 Viseu',
  },
  RU: {
    'Europe/Kaliningrad': 'KGD Kaliningrad',
    'Europe/Moscow':
      'AD Adygea, ARK Arkhangelsk, BEL Belgorod, BRY Bryansk, CE Chechen, CU Chuvash, DA Dagestan, IN Ingushetia, IVA Ivanovo, KB Kabardino-Balkaria, KC Karachay-Cherkess, KDA Krasnodar, KL Kalmykia, KLU Kaluga, KO Komi, KOS Kostroma, KR Karelia, KRS Kursk, LEN Leningrad, LIP Lipetsk, ME Mari El, MO Mordovia, MOS Moscow Province, MOW Moscow, MUR Murmansk, NEN Nenets, NGR Novgorod, NIZ Nizhny Novgorod, ORL Oryol, PNZ Penza, PSK Pskov, ROS Rostov, RYA Ryazan, SE North Ossetia-Alania, SMO Smolensk, SPE Saint Petersburg, STA Stavropol, TA Tatarstan, TAM Tambov, TUL Tula, TVE Tver, VLA Vladimir, VLG Vologda, VOR Voronezh, YAR Yaroslavl',
    'Europe/Kirov': 'KIR Kirov',
    'Europe/Volgograd': 'VGG Volgograd',
    'Europe/Astrakhan': 'AST Astrakhan',
    'Europe/Samara': 'SAM Samara, UD Udmurt',
    'Europe/Saratov': 'SAR Saratov',
    'Europe/Ulyanovsk': 'ULY Ulyanovsk',
    'Asia/Yekaterinburg':
      'BA Bashkortostan, CHE Chelyabinsk, KGN Kurgan, KHM Khanty-Mansi, ORE Orenburg, PER Perm, SVE Sverdlovsk, TYU Tyumen, YAN Yamalo-Nenets',
    'Asia/Omsk': 'OMS Omsk',
    'Asia/Barnaul': 'AL Altai, ALT Altai Krai',
    'Asia/Krasnoyarsk': 'KK Khakassia, KYA Krasnoyarsk, TY Tuva',
    'Asia/Novokuznetsk': 'KEM Kemerovo',
    'Asia/Novosibirsk': 'NVS Novosibirsk',
    'Asia/Tomsk': 'TOM Tomsk',
    'Asia/Irkutsk': 'BU Buryat, IRK Irkutsk',
    'Asia/Chita': 'ZAB Zabaykalsky',
    'Asia/Yakutsk': 'AMU Amur',
    'Asia/Yakutsk Asia/Khandyga Asia/Ust-Nera Asia/Srednekolymsk': 'SA Sakha',
    'Asia/Vladivostok': 'KHA Khabarovsk, PRI Primorye, YEV Jewish',
    'Asia/Magadan': 'MAG Magadan',
    'Asia/Sakhalin Asia/Srednekolymsk': 'SAK Sakhalin',
    'Asia/Kamchatka': 'KAM Kamchatka',
    'Asia/Anadyr': 'CHU Chukotka',
  },
};
