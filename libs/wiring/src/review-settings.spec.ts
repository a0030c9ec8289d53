import { describe, expect, it } from '@jest/globals';
import { settingFaults, strictDetectorSettings } from '#domain';
import { type ConfiguredDetectors, detectorSettingsOf, reviewSettings } from './review-settings.js';
import { Fault, type Setting } from './setting.js';

type Name = keyof typeof reviewSettings;

const read = (name: Name, text?: string): unknown => {
  const setting = reviewSettings[name] as Setting<unknown>;
  return setting.read(text ?? setting.fallback ?? '');
};
const configured = (changes: Partial<Record<Name, string>> = {}): ConfiguredDetectors => {
  const names = Object.keys(reviewSettings) as Name[];
  return Object.fromEntries(
    names.map((name) => [name, read(name, changes[name])]),
  ) as unknown as ConfiguredDetectors;
};

describe('the settings of the detectors', () => {
  it('are strict unless somebody says otherwise', () => {
    expect(detectorSettingsOf(configured())).toEqual(strictDetectorSettings);
  });

  it('switch off each detector but that of the watch list', () => {
    const off: Partial<Record<Name, string>> = {
      detectSameResident: 'off',
      detectOwnName: 'off',
      detectOutOfHours: 'off',
      detectVolume: 'off',
      detectWithoutCase: 'off',
      detectNotFound: 'off',
    };
    expect(detectorSettingsOf(configured(off))).toEqual({
      sameResident: null,
      ownName: null,
      outOfHours: null,
      volume: null,
      withoutCase: null,
      notFound: null,
      watchedResident: {},
    });
  });

  it('are read into what the rules count', () => {
    const settings = detectorSettingsOf(
      configured({
        officeHours: '00:00-24:00',
        detectSameResident: '50/366',
        detectOwnName: 'self',
        detectVolume: '100/100000/9',
        detectWithoutCase: '2/7',
      }),
    );
    expect(settings).toMatchObject({
      sameResident: { count: 50, days: 366 },
      ownName: { familyName: false },
      outOfHours: { from: 0, until: 1_440 },
      volume: { factor: 100, floor: 100_000, newcomer: 9 },
      withoutCase: { received: 2, refused: 7 },
    });
    expect(settingFaults(settings)).toEqual([]);
  });

  it.each<[Name, readonly string[]]>([
    ['officeHours', ['', '8:00-20:00', '20:00-08:00', '08:00-08:00', '08:00-24:01', '08:60-20:00']],
    ['detectSameResident', ['', '4', '4/0', '51/30', '4/367', '4/30/1', 'OFF', '-4/30', '4.5/30']],
    ['detectVolume', ['', '3/30', '0/30/100', '101/30/100', '3/100001/100', '3/30/0', '3/30/100001']],
    ['detectOwnName', ['', 'yes']],
    ['detectOutOfHours', ['', '0', '10001', 'no']],
    ['detectNotFound', ['0']],
    ['detectWithoutCase', ['', '5', '0/5', '1/0', '1/10001', '1/5/5']],
    ['signOffDays', ['0', '367', 'off']],
  ])('refuse what no rule can work with: %s', (name, texts) => {
    for (const text of texts) expect([text, read(name, text)]).toEqual([text, expect.any(Fault)]);
  });
});
