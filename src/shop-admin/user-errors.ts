/** `userErrors`: the objections a mutation answers with instead of doing what it was asked. */
import { z } from 'zod';

export const UserErrors = z.array(
  z.object({
    field: z.array(z.string()).nullish().catch(null),
    message: z.string().catch(''),
    /** Only some mutations give one. */
    code: z.string().nullish().catch(null),
  }),
);

/** `code` or else the field first, because the words behind it may change. */
export function messagesOf(errors: z.output<typeof UserErrors>): string[] {
  return errors.map(({ code, field, message }) =>
    [code ?? field?.filter((step) => /^\w{1,60}$/.test(step)).join('.'), message].filter(Boolean).join(': '),
  );
}
