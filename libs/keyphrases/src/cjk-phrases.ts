import type { Phrase } from './phrase-runs.js';
import type { TaggedToken } from './wink-tagger.js';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Function words of Chinese and Japanese that stand between the things of a picture. */
const FUNCTION_WORDS = {
  zh: words(
    '的 地 得 了 着 过 在 从 从前 往 向 到 对 把 被 给 和 与 跟 及 或 或者 并 而 是 有 上 下 里 中 内 外 前 后 旁 旁边 上面 下面 里面 前面 ' +
      '后面 之间 之上 之下 一 一个 这 那 这个 那个 他 她 它 他们 它们 我 你 正在 正 也 都 很 非常 不 没有 一起 穿着 戴着 拿着 骑着 坐着',
  ),
  ja: words(
    'は が を に へ と で も の や から まで より か ね よ な だ です ます し て た し て いる している した する いる ある あり おり ' +
      'この その あの これ それ そして また 上 下 中 前 後ろ 横 隣 間 そば ところ こと もの たち と一緒に',
  ),
} as const;

/** "三只", "一艘", "2匹": number and measure word, as one segment or as two. */
const NUMBER = '[一二两兩三四五六七八九十百千几多数\\d]+';
const MEASURE = '[个個只隻条條头頭匹辆輛台座朵本张張片群位名棵艘架把件枚羽人つ]';
const COUNTED = new RegExp(`^${NUMBER}${MEASURE}?$`, 'u');
const COUNT_OF = new RegExp(`^${MEASURE}$`, 'u');

/** Words that describe without being things: "红色", "古老". */
const DESCRIPTIONS = /色$|^(?:大|小|新|旧|老|黑|白|红|蓝|绿|黄|古老|美丽|巨大|可爱|明亮|雪白|高大|透明)$/u;

/** What the dictionary leaves at the end of a word: "桜の", "窗台上". */
const ENDINGS = { zh: /(?<=.{2})[上下里中]$/u, ja: /(?<=.)の下?$/u } as const;

/** A verb of movement or posture, with or without its direction: "滑下", "跳舞", "睡觉". */
const VERBS =
  /^(?:[滑跑跳走飞飛爬坐站躺骑騎游吃喝看听拿穿戴追开開落升漂流](?:[下上来來去起出进進过過着著了回开開向在]*)|跳舞|睡觉|睡覺|唱歌|游泳|奔跑|飞翔|玩耍|行走|站立)$/u;

/**
 * The things of a Chinese or Japanese prompt: words as `Intl.Segmenter` finds them, joined where nothing
 * stands between, or only the particle behind a description ("红色的" + "气球"); separated by function words,
 * counts, verbs of movement and marks.
 */
export function cjkPhrases(cleaned: string, language: 'zh' | 'ja'): Phrase[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  const segments = [...segmenter.segment(cleaned)];
  const tokens = segments.map(({ segment, index, isWordLike }, position): TaggedToken => {
    const counts = COUNT_OF.test(segment) && COUNTED.test(segments[position - 1]?.segment ?? '');
    const isThing = isWordLike && !counts && !separates(segment, language);
    const text = isThing ? segment.replace(ENDINGS[language], '') : segment;
    return {
      text,
      start: index,
      end: index + text.length,
      isWord: isWordLike === true,
      tag: isThing ? 'X' : 'PUNCT',
    };
  });
  return uniqueRuns(language === 'zh' ? joinDescriptions(tokens) : tokens);
}

function separates(segment: string, language: 'zh' | 'ja'): boolean {
  const inflected = language === 'ja' && /^\p{Script=Han}[うくぐすつぬぶむる]$/u.test(segment);
  return FUNCTION_WORDS[language].has(segment) || COUNTED.test(segment) || VERBS.test(segment) || inflected;
}

/** "红色" and "的" as one word "红色的", where they describe what follows. */
function joinDescriptions(tokens: readonly TaggedToken[]): TaggedToken[] {
  return tokens.flatMap((token, index) => {
    const particle = tokens[index + 1];
    if (token.tag === 'X' && particle?.text === '的' && DESCRIPTIONS.test(token.text)) {
      return [{ ...token, text: `${token.text}的`, end: particle.end }];
    }
    const joined = token.text === '的' && DESCRIPTIONS.test(tokens[index - 1]?.text ?? '');
    return joined ? [] : [token];
  });
}

function uniqueRuns(tokens: readonly TaggedToken[]): Phrase[] {
  const phrases = new Map<string, Phrase>();
  let first = 0;
  tokens.forEach((token, index) => {
    if (token.tag !== 'X') {
      first = index + 1;
      return;
    }
    if (tokens[index + 1]?.tag === 'X') {
      return;
    }
    const run = tokens.slice(first, index + 1);
    const text = run.map((one) => one.text).join('');
    if (!phrases.has(text)) {
      phrases.set(text, { tokens: run, first, last: index });
    }
  });
  return [...phrases.values()];
}
