/**
 * The words that synthetic residents are made of: common ones first. Every list ends with forms that registers
 * have and keyboards have not: variants (髙, 﨑, 𠮷), variation selectors, private-use code points.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/u);

/** Variation selector 17, the first of the ideographic ones. */
const IVS = '\u{E0100}';

export const surnames: readonly string[] = [
  ...words(`
    佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山口 松本 井上 木村 林 斎藤 清水 山崎 森
    池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田
    太田 西村 藤井 金子 岡本 藤原 中野 三浦 原田 中川 松田 竹内 小野 田村 中山 和田 石田 森田 上田
    内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 今井 工藤 高田 増田 丸山 杉山 村田 大塚 新井
    小山 平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎 久保 木下 佐野 野村 松尾 菊地 市川 杉本 古川
  `),
  '髙橋',
  '𠮷田',
  '山﨑',
  '渡邉',
  '渡邊',
  '齋藤',
  '濵田',
  '神﨑',
  '𣘺本',
  '栁田',
  `葛${IVS}城`,
  `辻${IVS}`,
  `辻${IVS}本`,
  `葛${IVS}西`,
  '\uE001川',
  '沢\uE0A2',
  '\u{F0003}原',
];

export const maleNames: readonly string[] = [
  ...words(`
    誠 浩 隆 博 健一 清 勇 実 茂 修 進 正 豊 昇 明 翔太 大輔 健太 翔 拓也 直樹 達也 健 和也 亮 学 剛 哲也
    秀樹 英樹 浩二 大翔 蓮 颯太 陽翔 湊 悠真 樹 律 蒼 新 朝陽 結翔 奏太 一郎 次郎 三郎 正雄 武 義雄 昭 勝 稔
    和夫 幸雄 弘 保 守 徹 聡 学人 裕介 祐太 雄大 駿 海斗 陸 空 大和
  `),
  `祐${IVS}介`,
  '晴\u{F0001}',
  '𠮷次郎',
  '\uE010男',
];

export const femaleNames: readonly string[] = [
  ...words(`
    幸子 和子 洋子 恵子 京子 節子 美智子 由美子 明美 真由美 久美子 直美 智子 陽子 裕子 美香 恵 愛 彩 美穂
    香織 麻衣 美咲 さくら 葵 陽菜 凛 結衣 花子 紬 莉子 結菜 芽依 澪 杏 咲良 楓 詩 美月 ひかり あかり キヨ
    ハル フミ 千代子 文子 敏子 芳子 光子 弘子 和代 里美 早苗 奈緒 瞳 舞 遥 優花 七海 萌 琴音
  `),
  `祇${IVS}子`,
  '榮\uE011',
  '﨑子',
  '\u{F0002}美',
];

export const municipalities: readonly string[] = [
  ...words(`
    東京都世田谷区 東京都練馬区 東京都大田区 神奈川県横浜市港北区 大阪府大阪市平野区 愛知県名古屋市緑区
    北海道札幌市北区 福岡県福岡市東区 兵庫県神戸市西区 埼玉県川口市 千葉県船橋市 京都府京都市伏見区
    広島県広島市安佐南区 宮城県仙台市青葉区 静岡県浜松市中央区 新潟県新潟市中央区 岡山県岡山市北区
    熊本県熊本市中央区 鹿児島県鹿児島市 長野県長野市 石川県金沢市 香川県高松市 沖縄県那覇市 青森県青森市
  `),
  `東京都葛${IVS}飾区`,
  `奈良県葛${IVS}城市`,
  '山梨県\uE020沢村',
];

export const towns: readonly string[] = [
  ...words('本町 中央 栄町 緑町 旭町 桜台 若葉台 東町 西町 南町 北町 新田 大原 上野 松が丘 富士見 泉 宮前'),
  `辻${IVS}町`,
  '髙畑',
  '𠮷野',
  '\uE021谷',
];
