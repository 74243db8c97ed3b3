import { expect, it } from 'vitest';
import en from '../../../messages/en.json';
import zh from '../../../messages/zh-Hans.json';
import settings from '../../../project.inlang/settings.json';

type Message = string | { declarations: string[]; match: Record<string, string> }[];
const languages: Record<string, Record<string, Message>> = { en, 'zh-Hans': zh };

const texts = (message: Message): string[] =>
  typeof message === 'string' ? [message] : message.flatMap((variant) => Object.values(variant.match));
const parts = (message: Message): string[] => [
  ...new Set(
    texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')),
  ),
];

it('covers every language of the project', () => {
  expect(Object.keys(languages).sort()).toEqual([...settings.locales].sort());
});

it('has the same keys in the same order everywhere', () => {
  expect(Object.keys(zh)).toEqual(Object.keys(en));
});

it('names the same parts in each language', () => {
  for (const [key, message] of Object.entries<Message>(en)) {
    const other = languages['zh-Hans']?.[key] ?? '';
    expect(parts(other).sort(), key).toEqual(parts(message).sort());
  }
});

it('is written in the house style', () => {
  for (const [locale, messages] of Object.entries(languages))
    for (const [key, message] of Object.entries(messages))
      for (const text of texts(message)) {
        if (key !== 'sentence_gap') expect(text.trim(), `${locale} ${key}`).not.toBe('');
        if (key !== 'window_title_alert')
          expect(text, `${locale} ${key}`).not.toMatch(/[!！]|\bplease\b|oops|trustless|\bsecure\b/i);
      }
});
