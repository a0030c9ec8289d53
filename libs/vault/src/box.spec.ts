import { describe, expect, it } from '@jest/globals';
import { decrypt, encrypt, openText, pad, paddedSize, sealText, unpad, unwrapKey, wrapKey } from './box.js';
import { freshBytes } from './random.js';
import { seeded } from './specimens.contract.js';

const KEY = Buffer.alloc(32, 1);
const AAD = Buffer.alloc(32, 2);

const broken = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('Padding', () => {
  it('gives 256·2ⁿ bytes, the four of the length included', () => {
    expect([0, 252, 253, 508, 509, 1_020, 1_021].map(paddedSize)).toEqual([
      256, 256, 512, 512, 1_024, 1_024, 2_048,
    ]);
  });

  it('makes short and shorter look the same', () => {
    expect(sealText(KEY, AAD, '"林"').length).toBe(sealText(KEY, AAD, '"勅使河原"').length);
  });

  it('is undone for every length, and for text of any plane', () => {
    for (let length = 0; length < 600; length += 1) {
      const text = '𠮷あa\u{E0100}\uE000'
        .repeat(120)
        .slice(0, length * 2)
        .toWellFormed();
      expect(unpad(pad(text))).toBe(text);
    }
  });

  it('is refused in any other form', () => {
    const excess = Buffer.concat([pad('a'), Buffer.alloc(256)]);
    const dirty = pad('a');
    dirty[255] = 1;
    const tooLong = pad('a');
    tooLong.writeUInt32BE(253, 0);

    expect([excess, dirty, tooLong, Buffer.alloc(3)].map((bytes) => broken(() => unpad(bytes)))).toEqual(
      Array<string>(4).fill('box-broken'),
    );
  });
});

describe('A box', () => {
  it('opens under its key and binding only', () => {
    const box = sealText(KEY, AAD, 'text');

    expect(openText(KEY, AAD, box)).toBe('text');
    expect(broken(() => openText(Buffer.alloc(32, 3), AAD, box))).toBe('box-broken');
    expect(broken(() => openText(KEY, Buffer.alloc(32, 3), box))).toBe('box-broken');
  });

  it('is another one each time', () => {
    expect(sealText(KEY, AAD, 'text')).not.toBe(sealText(KEY, AAD, 'text'));
  });

  it('does not open with any one bit flipped', () => {
    const box = Buffer.from(sealText(KEY, AAD, 'text'), 'base64');
    for (let bit = 0; bit < box.length * 8; bit += 1) {
      const flipped = Buffer.from(box);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(broken(() => openText(KEY, AAD, flipped.toString('base64')))).toBe('box-broken');
    }
  });

  it('does not open in base64 that only a forgiving decoder takes', () => {
    const box = sealText(KEY, AAD, 'text');
    const last = box.charCodeAt(box.length - 2);
    const forms = [
      `${box} `,
      box.replaceAll('=', ''),
      `${box.slice(0, -2)}${String.fromCharCode(last + 1)}=`,
      '',
      '?',
    ];

    for (const form of forms) expect(broken(() => openText(KEY, AAD, form))).toBe('box-broken');
  });

  it('gives back any bytes', () => {
    const random = seeded(7);
    for (let round = 0; round < 200; round += 1) {
      const plain = Buffer.from(
        Array.from({ length: Math.floor(random() * 900) }, () => Math.floor(random() * 256)),
      );
      expect(decrypt(KEY, AAD, encrypt(KEY, AAD, plain))).toEqual(plain);
    }
  });
});

describe('A wrap', () => {
  it('is 60 bytes', () => {
    expect(wrapKey(KEY, AAD, Buffer.alloc(32)).length).toBe(60);
  });

  it('of any other size is broken', () => {
    expect(broken(() => unwrapKey(KEY, AAD, encrypt(KEY, AAD, Buffer.alloc(16))))).toBe('box-broken');
  });
});

describe('Fresh bytes', () => {
  it('are never handed out twice, across refills', () => {
    const nonces = Array.from({ length: 3_000 }, () => freshBytes(12).toString('hex'));

    expect(new Set(nonces).size).toBe(nonces.length);
  });
});
