// The little of mailparser that mime.ts uses; the package has no types of its own.

declare module 'mailparser' {
  export interface ParsedMail {
    readonly text?: string;
  }

  export function simpleParser(
    source: string,
    options?: { readonly skipTextToHtml?: boolean; readonly skipImageLinks?: boolean },
  ): Promise<ParsedMail>;
}
