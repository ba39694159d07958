import { expect, it } from 'vitest';
import { isForeign } from './index.ts';

it.each([
  ['没有要求语言时不看', '', 'hello my friend how are you', false],
  ['汉语', 'zh', '你好，今天天气不错', false],
  ['夹杂几个外语词', 'zh', '今天去KTV唱卡拉OK，WiFi不好', false],
  ['英语', 'zh', 'hello my friend, how are you', true],
  ['英语在预期之内', 'zh latin', 'hello my friend, how are you', false],
  ['藏语', 'zh', 'བཀྲ་ཤིས་བདེ་ལེགས།', true],
  ['维吾尔语', 'zh', 'ياخشىمۇسىز قانداق ئەھۋالىڭىز', true],
  ['维吾尔语在预期之内', 'zh ug', 'ياخشىمۇسىز قانداق ئەھۋالىڭىز', false],
  ['蒙古语', 'zh', 'ᠰᠠᠶᠢᠨ ᠪᠠᠶᠢᠨ᠎ᠠ ᠤᠤ', true],
  ['表中没有的文字', 'zh', 'γειά σου φίλε μου', true],
  ['一两个词可能是人名', 'zh', 'OK OK', false],
  ['数字与标点', 'zh', '138 0000 0000，！', false],
  ['日语里的汉字不足以说明', 'zh', '東京大学', false],
  ['日语', 'zh', 'これは日本語です', true],
] as const)('%s', (_, expected, text, foreign) => {
  expect(isForeign(text, expected.split(' ').filter(Boolean))).toBe(foreign);
});
