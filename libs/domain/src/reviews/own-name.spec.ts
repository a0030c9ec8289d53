import { describe, expect, it } from '@jest/globals';
import { nameMatch } from './own-name.js';

const own = { name: '佐藤　花子', household: ['佐藤　一郎', '鈴木 さくら'] };

describe('the name of a resident', () => {
  it.each<[string, ReturnType<typeof nameMatch>]>([
    ['佐藤　花子', 'self'],
    ['佐藤花子', 'self'],
    ['佐藤 一郎', 'household'],
    ['鈴木サクラ', 'household'],
    ['佐藤　次郎', 'family-name'],
    ['佐藤次郎', 'family-name'],
    ['佐藤', 'family-name'],
    ['佐藤田　次郎', null],
    ['鈴木　次郎', null],
    ['高橋　花子', null],
    ['', null],
    ['\u3000', null],
  ])('%j meets that of the operator: %s', (resident, match) => {
    expect(nameMatch(own, resident)).toBe(match);
  });

  it('meets a name of one part only as a whole', () => {
    const one = { name: 'スカルノ', household: [] };
    expect(nameMatch(one, 'すかるの')).toBe('self');
    expect(nameMatch(one, 'スカルノ ハルト')).toBeNull();
  });

  it('meets variants with selectors, and no others', () => {
    expect(nameMatch({ name: '辻󠄀 一', household: [] }, '辻 二')).toBe('family-name');
    expect(nameMatch({ name: '渡邊 一', household: [] }, '渡辺 二')).toBeNull();
  });
});
