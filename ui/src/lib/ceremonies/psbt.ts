// A partially signed transaction as people have it: bytes of a file, base64, or hex. The core reads and judges it. Pure.

/** The first bytes of every such file (BIP 174): `psbt` and 0xff. */
const MAGIC = [0x70, 0x73, 0x62, 0x74, 0xff] as const;
const MAGIC_BASE64 = 'cHNidP8';
const HEX = /^(?:[0-9a-f]{2})+$/i;

/** As base64, which is what the core takes; null if it does not begin as such a transaction must. */
export function psbtFromText(text: string): string | null {
  const packed = text.replace(/\s+/g, '');
  if (packed.startsWith(MAGIC_BASE64)) return packed;
  if (!HEX.test(packed)) return null;
  return encoded(Uint8Array.from(packed.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

/** The same from a file, which may hold the bytes themselves or text. */
export function psbtFromBytes(bytes: Uint8Array): string | null {
  return encoded(bytes) ?? psbtFromText(new TextDecoder().decode(bytes));
}

function encoded(bytes: Uint8Array): string | null {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) return null;
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
