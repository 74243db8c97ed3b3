import { m } from '$lib/paraglide/messages';

/** A mint that was rightly made and whose deposit a reorganisation undid later: nobody forged anything. */
export function isUndone(code: string): boolean {
  return code === 'mint_undone';
}

/** What a vault did or an owner of it signed, held against the burns of the ledger. */
export function isAboutPayouts(rule: string): boolean {
  return rule === 'F11' || rule === 'F13';
}

/** The short name of a fraud rule, as it stands after its id: `F2 overspend`; with the alert's code where it is known. */
export function ruleName(rule: string, code = ''): string {
  switch (rule) {
    case 'F1':
      return m.rule_f1();
    case 'F2':
      return m.rule_f2();
    case 'F3':
      return m.rule_f3();
    case 'F4':
      return isUndone(code) ? m.rule_f4_undone() : m.rule_f4();
    case 'F5':
      return m.rule_f5();
    case 'F6':
      return m.rule_f6();
    case 'F7':
      return m.rule_f7();
    case 'F8':
      return m.rule_f8();
    case 'F11':
      return m.rule_f11();
    case 'F12':
      return m.rule_f12();
    case 'F13':
      return m.rule_f13();
    default:
      return '';
  }
}

/** The rule as a principle, for the last link of the evidence. */
export function rulePrinciple(rule: string): string {
  switch (rule) {
    case 'F1':
      return m.principle_f1();
    case 'F2':
      return m.principle_f2();
    case 'F3':
      return m.principle_f3();
    case 'F4':
      return m.principle_f4();
    case 'F5':
      return m.principle_f5();
    case 'F6':
      return m.principle_f6();
    case 'F7':
      return m.principle_f7();
    case 'F8':
      return m.principle_f8();
    case 'F11':
      return m.principle_f11();
    case 'F12':
      return m.principle_f12();
    case 'F13':
      return m.principle_f13();
    default:
      return rule;
  }
}
