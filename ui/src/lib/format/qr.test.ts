import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { qrPath } from './qr';

const ADDRESS = '0x38741a69785e84399Fcf7c5Ad61D572f7eCb1dAB';

/** Paints the rectangles of the path. */
function painted(size: number, path: string): boolean[][] {
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let i = 0; i < Number(width); i++) {
      const row = rows[Number(y)];
      if (row) row[Number(x) + i] = true;
    }
  return rows;
}

describe('qrPath', () => {
  it('paints exactly the modules of the code', () => {
    const { size, path } = qrPath(ADDRESS);
    expect(painted(size, path)).toEqual(encode(ADDRESS, { ecc: 'M', border: 4 }).data);
  });

  it('keeps a quiet zone of four modules on every side', () => {
    const { size, path } = qrPath(ADDRESS);
    const rows = painted(size, path);
    for (let i = 0; i < size; i++)
      for (let edge = 0; edge < 4; edge++) {
        expect(rows[edge]?.[i] || rows[size - 1 - edge]?.[i]).toBe(false);
        expect(rows[i]?.[edge] || rows[i]?.[size - 1 - edge]).toBe(false);
      }
    expect(rows[4]?.[4]).toBe(true);
  });

  it('gives different codes for different addresses', () => {
    expect(qrPath(ADDRESS).path).not.toBe(qrPath(ADDRESS.replace('38', '83')).path);
  });
});
