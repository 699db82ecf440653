/** AgentOrderRequest: what the agent agreed with the shopper on the phone, as the vendor tells it. Types only; whether it becomes an order is decided elsewhere. */

/** Personal data throughout. Nothing in it is verified: it is what a model understood in a conversation. */
export interface AgentOrderRequest {
  readonly email: string | null;
  /** As sent, in whatever notation. */
  readonly phone: string | null;
  readonly note: string | null;
  readonly lines: readonly AgentOrderLine[];
  /** Lines that were sent and could not be read: an order made of the others would not be what was agreed. */
  readonly unreadableLines: number;
  /** Null when not a single part of it was sent. */
  readonly shippingAddress: AgentOrderAddress | null;
  readonly discountCode: string | null;
  /** The vendor's word, e.g. `cod`; an open set. */
  readonly paymentMode: string | null;
}

export interface AgentOrderLine {
  /** As sent: a gid or bare digits. */
  readonly variantId: string | null;
  /** `''` when only the variant was named. */
  readonly title: string;
  /** A whole number from 1. */
  readonly quantity: number;
}

/** What was not sent is missing. */
export interface AgentOrderAddress {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly address1?: string;
  readonly address2?: string;
  readonly city?: string;
  readonly province?: string;
  readonly zip?: string;
  /** A name or a code, as sent. */
  readonly country?: string;
  readonly phone?: string;
}
