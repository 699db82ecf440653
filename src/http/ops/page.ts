/** One page of the operator's: plain HTML without script. The frame around its body. */
import type { FastifyReply } from 'fastify';
import { type Html, html } from './html.ts';

/** A closed list: a title stands in histories, tabs and bookmarks, where nothing of a shopper may be. */
export type PageTitle =
  | 'Recoveries'
  | 'Recovery'
  | 'Errands'
  | 'What the calls earned'
  | 'Do not call'
  | 'Data requests'
  | 'Access log'
  | 'Not found'
  | 'Not possible';

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem;}table{border-collapse:collapse}
th,td{text-align:left;white-space:nowrap;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd;vertical-align:top}th{font-weight:600}
td.words{white-space:normal;max-width:48rem}td.figure,th.figure{text-align:right}tr.total td,tr.total th{border-top:2px solid #888}
form{margin:0}.counts a{margin-right:1rem}.bad,.unknown,.rejected,.failed{color:#b00020}.called,.ended{color:#0a6b2d}.skipped,.cancelled{color:#666}`;

export function sendPage(reply: FastifyReply, title: PageTitle, body: Html): FastifyReply {
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ringback · ${title}</title>
    <meta name="viewport" content="width=device-width"><style>${{ html: STYLE }}</style></head>
    <body><h1>Ringback · ${title}</h1>${reply.request.banner}${body}</body></html>`;
  return reply.type('text/html; charset=utf-8').send(page.html);
}
