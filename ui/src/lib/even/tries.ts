// The sliders of "what if": a place on the slider is a factor of what the node has, from a hundredth to a hundred times. Pure.

/** Steps of a slider; its middle is the value as it is. */
export const STEPS = 400;
const DECADES = 2;
/** All units there are. */
export const STAKE_MAX = 1e15;

export type Input = 'capacity' | 'speed' | 'activity' | 'stake';
export const INPUTS: readonly Input[] = ['capacity', 'speed', 'activity', 'stake'];
const WHOLE: readonly Input[] = ['activity', 'stake'];

/** What the sliders of a node without anything start from. */
const START: Record<Input, number> = { capacity: 1, speed: 0.1, activity: 10, stake: 1e9 };

/** What the middle of the slider stands for. */
export function middle(input: Input, actual: number): number {
  return actual > 0 ? actual : START[input];
}

/** The value at a place of the slider. */
export function valueAt(step: number, input: Input, actual: number): number {
  if (step === STEPS / 2 && actual > 0) return actual;
  return tidy(input, middle(input, actual) * 10 ** ((step / STEPS - 0.5) * 2 * DECADES));
}

/** The place nearest to a value. */
export function stepOf(value: number, input: Input, actual: number): number {
  if (value <= 0) return 0;
  const decades = Math.log10(value / middle(input, actual));
  return Math.min(STEPS, Math.max(0, Math.round((decades / DECADES / 2 + 0.5) * STEPS)));
}

/** Whole where only whole numbers exist, else four digits; never more stake than there is. */
function tidy(input: Input, value: number): number {
  if (input === 'stake') return Math.min(STAKE_MAX, Math.round(value));
  if (input === 'activity') return Math.round(value);
  return Number(value.toPrecision(4));
}

/** Reads what was typed: plain digits with a point; null when it is no possible value. */
export function readInput(input: Input, text: string): number | null {
  const plain = text.replaceAll(/[\s,]/g, '');
  if (!/^\d+(?:\.\d+)?$/.test(plain)) return null;
  const value = Number(plain);
  if (WHOLE.includes(input) && !Number.isInteger(value)) return null;
  const max = input === 'stake' ? STAKE_MAX : Number.MAX_SAFE_INTEGER;
  return value <= max ? value : null;
}
