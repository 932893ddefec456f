import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.js';

describe('plainText', () => {
  it.each([
    ['', ''],
    ['  as it\n is ', 'as it is'],
    ['3 < 4 & 5 > 2', '3 < 4 & 5 > 2'],
    ['a&nbsp;b&amp;c&#x27;s &unknown; &lt;i&gt;', "a b&c's &unknown; <i>"],
    ['<b>one</b><i>two</i><p>three</p>four', 'onetwo three four'],
    ['a<br/>b<hr>c', 'a b c'],
    ['<svg><title>x</title><text>y</text></svg>z', 'z'],
    ['<span hidden>x</span><span style="DISPLAY : None">y</span>z', 'z'],
    ['<table><tr><td>a</td><td>b</td></tr></table>', 'a b'],
  ])('of %j is %j', (html, text) => {
    expect(plainText(html)).toBe(text);
  });

  it('is not led into endless depth', () => {
    expect(plainText(`x${'<span>'.repeat(200_000)}deep`)).toBe('x');
  });
});
