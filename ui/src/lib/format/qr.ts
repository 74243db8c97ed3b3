// A QR code as one path of unit squares, so that it needs no picture and no markup from outside. Pure.

import { encode } from 'uqr';

export interface QrPath {
  /** Side of the square in modules, quiet zone included. */
  size: number;
  /** SVG path of the dark modules; runs of a row are one rectangle. */
  path: string;
}

/** Modules that must stay white around the code (ISO/IEC 18004). */
const QUIET = 4;

/** Encodes a text with medium error correction. */
export function qrPath(text: string): QrPath {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET });
  return { size, path: data.map((row, y) => rowPath(row, y)).join('') };
}

function rowPath(row: boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x += 1;
    path += `M${from} ${y}h${x + 1 - from}v1h${from - x - 1}z`;
  }
  return path;
}
