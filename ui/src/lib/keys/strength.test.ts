import { describe, expect, it } from 'vitest';
import { passwordBits, passwordStrength } from './strength';

describe('the strength of a password', () => {
  it.each([
    ['', 'short'],
    ['a1$B', 'short'],
    ['Tr0ub4d', 'short'],
    ['密码密码密', 'short'],
    ['password', 'weak'],
    ['Password2024', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['abababababababababababab', 'weak'],
    ['1234567890123456', 'weak'],
    ['abcdefghijklmnop', 'weak'],
    ['qwerty123456', 'weak'],
    ['harbour lamp', 'weak'],
    ['Sunshineandrain', 'weak'],
    ['correct horse battery staple', 'fair'],
    ['river river river river river river', 'weak'],
    ['kettle orbit maple fossil lantern', 'good'],
    ['kettle orbit maple fossil lantern violin', 'strong'],
    ['x7$Lq2!v', 'good'],
    ['x7$Lq2!vRm9#', 'strong'],
  ])('%s is %s', (password, strength) => expect(passwordStrength(password)).toBe(strength));

  it('never grows less when something unforeseen is added', () => {
    let bits = 0;
    for (const text of ['q', 'qT', 'qT4', 'qT4%', 'qT4%w', 'qT4%wK', 'qT4%wK9', 'qT4%wK9~']) {
      expect(passwordBits(text)).toBeGreaterThanOrEqual(bits);
      bits = passwordBits(text);
    }
  });
});
