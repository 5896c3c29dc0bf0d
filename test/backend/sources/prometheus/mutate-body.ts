const TELLING_BYTES = Buffer.from('0123456789.eE+-NaInf{}",=#\\ \t\r\n\0_:azé');

/** The body with one to four small wounds: bytes changed, dropped, doubled, lines swapped, repeated or cut off. */
export function mutateBody(body: Buffer, chance: () => number): Buffer {
  let mutated = body;
  const wounds = 1 + Math.floor(chance() * 4);
  for (let wound = 0; wound < wounds; wound++) mutated = wounded(mutated, chance);
  return mutated;
}

function wounded(body: Buffer, chance: () => number): Buffer {
  const at = Math.floor(chance() * (body.length + 1));
  const telling = TELLING_BYTES.subarray(Math.floor(chance() * TELLING_BYTES.length)).subarray(0, 1);
  switch (Math.floor(chance() * 8)) {
    case 0: // A byte changes.
      return Buffer.concat([body.subarray(0, at), telling, body.subarray(at + 1)]);
    case 1: // A byte comes in.
      return Buffer.concat([body.subarray(0, at), telling, body.subarray(at)]);
    case 2: // A few bytes go.
      return Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + Math.floor(chance() * 8))]);
    case 3: // A digit turns into another: the layout stays.
    case 4:
    case 5:
      return withOtherDigit(body, at, chance);
    case 6: // A line stands twice.
      return onLines(body, (lines) =>
        lines.splice(Math.floor(chance() * lines.length), 0, lines[Math.floor(chance() * lines.length)]!),
      );
    default: // A line is gone.
      return onLines(body, (lines) => lines.splice(Math.floor(chance() * lines.length), 1));
  }
}

function withOtherDigit(body: Buffer, from: number, chance: () => number): Buffer {
  const copy = Buffer.from(body);
  for (let at = from; at < copy.length; at++) {
    if (copy[at]! < 0x30 || copy[at]! > 0x39) continue;
    copy[at] = 0x30 + Math.floor(chance() * 10);
    break;
  }
  return copy;
}

function onLines(body: Buffer, change: (lines: string[]) => void): Buffer {
  const lines = body.toString('latin1').split('\n');
  change(lines);
  return Buffer.from(lines.join('\n'), 'latin1');
}
