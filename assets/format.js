/**
 * Turn integers into words: shares, people, areas, minutes, in Chinese and English.
 * Ratios are taken from integers and rounded once; a missing value is a dash, never 0.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const NONE = '–';
  const MINUS = '−';
  let table = {};
  let language = 'zh';

  /** Take the texts of the page: `{zh: {...}, en: {...}}` or one language's flat table. */
  LC.setWords = (words, lang) => {
    language = lang === 'en' ? 'en' : 'zh';
    table = (words && (words[language] || words)) || {};
  };

  LC.lang = () => language;

  /** Choose the name of a thing that carries `zh` and `en`. */
  LC.nameOf = (thing) => (
    thing ? thing[language] || thing.zh || thing.name || thing.code || '' : ''
  );

  /** Look up a text and put parameters in place of `{name}`; an unknown key shows itself. */
  /** Give what stands for a placeholder; a name in both languages is said in the page's own. */
  const said = (value) => String(value && value.zh !== undefined ? value[LC.lang()] : value);

  LC.t = (key, params) => {
    const text = table[key] === undefined ? LC.kindText(key) : table[key];
    if (text === undefined) return key;
    return text.replace(/\{(\w+)\}/g, (whole, name) =>
      params && params[name] !== undefined && params[name] !== null ? said(params[name]) : whole
    );
  };

  LC.integer = (value) => {
    if (value === null || value === undefined) return NONE;
    const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, ',');
    return (Math.round(value) < 0 ? MINUS : '') + digits;
  };

  /** Write a number with at most two decimals and commas between thousands. */
  LC.short = (value) => {
    const [whole, rest] = String(Number(Math.abs(value).toFixed(2))).split('.');
    const text = LC.integer(Number(whole)) + (rest ? '.' + rest : '');
    return (value < 0 && Number(value.toFixed(2)) !== 0 ? MINUS : '') + text;
  };

  /** Give part/whole in thousandths, half up; 1000 only for all of it and 0 only for none of it. */
  LC.permille = (part, whole) => {
    if (part === null || part === undefined || !whole) return null;
    const rounded = Math.floor((part * 2000 + whole) / (2 * whole));
    if (part < whole && rounded >= 1000) return 999;
    if (part > 0 && rounded <= 0) return 1;
    return rounded;
  };

  /** Give the digits of a share without the sign: `78.4`. */
  LC.shareDigits = (part, whole) => {
    const value = LC.permille(part, whole);
    return value === null ? NONE : (value / 10).toFixed(1);
  };

  LC.share = (part, whole) => {
    const digits = LC.shareDigits(part, whole);
    return digits === NONE ? NONE : digits + '%';
  };

  function scaled(value, steps) {
    const step = steps.find((one) => Math.abs(value) >= one.from);
    if (!step) return { value: LC.integer(value), prefix: '' };
    return { value: (value / step.by).toFixed(step.digits), prefix: LC.t(step.word) };
  }

  const STEPS = {
    zh: [
      { from: 1e8, by: 1e8, digits: 2, word: 'unit_yi' },
      { from: 1e6, by: 1e4, digits: 1, word: 'unit_wan' },
      { from: 1e4, by: 1e4, digits: 2, word: 'unit_wan' },
    ],
    en: [
      { from: 1e6, by: 1e6, digits: 2, word: 'unit_million' },
      { from: 1e4, by: 1e3, digits: 1, word: 'unit_thousand' },
    ],
  };

  /**
   * Write an amount of a basis.
   * @param {number|null} raw Integer in thousandths of a person or household, or dm2.
   * @param {string} basis people, households, elderly, children or area.
   * @returns {{value: string, unit: string}}
   */
  LC.amount = (raw, basis) => {
    if (raw === null || raw === undefined) return { value: NONE, unit: '' };
    if (basis === 'area') {
      const km2 = raw / 1e8;
      const digits = Math.abs(km2) >= 100 ? 0 : Math.abs(km2) >= 10 ? 1 : 2;
      return { value: km2.toFixed(digits), unit: LC.t('unit_km2') };
    }
    const number = scaled(raw / 1000, STEPS[language]);
    const unit = LC.t(basis === 'households' ? 'unit_households' : 'unit_people');
    const gap = language === 'en' && number.prefix ? ' ' : '';
    return { value: number.value, unit: number.prefix + gap + unit };
  };

  LC.amountText = (raw, basis) => {
    const parts = LC.amount(raw, basis);
    return parts.unit ? parts.value + ' ' + parts.unit : parts.value;
  };

  /** Write an amount in full, as tables do: whole people, or km2. */
  LC.amountCell = (raw, basis) => {
    if (raw === null || raw === undefined) return NONE;
    return basis === 'area' ? LC.amount(raw, basis).value : LC.integer(raw / 1000);
  };

  /** Write an arrow and a size for a change; `null` when nothing is known or nothing changed. */
  LC.change = (delta, text) => {
    if (delta === null || delta === undefined || Number.isNaN(delta)) return null;
    if (delta === 0) return LC.t('change_none');
    return (delta > 0 ? '▲ ' : '▼ ') + text;
  };

  /** Write the difference of two shares in percentage points, from thousandths. */
  LC.points = (now, before) => {
    if (now === null || before === null) return null;
    const delta = now - before;
    return LC.change(delta, LC.t('points', { n: (Math.abs(delta) / 10).toFixed(1) }));
  };

  /** Write the minutes of a distance at the speed in force; null is a dash. */
  LC.minutesOf = (dm, metresPerMinute) =>
    dm === null || dm === undefined ? NONE : (dm / 10 / metresPerMinute).toFixed(1);

  LC.metres = (dm) => (dm === null || dm === undefined ? NONE : LC.integer(dm / 10));

  const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  /** Give the month and the year of `2026-10` apart; what is no month alone. */
  LC.monthParts = (text) => {
    const match = /^(\d{4})-(\d{2})$/.exec(text || '');
    if (!match) return [text || ''];
    const number = Number(match[2]);
    return language === 'en' ? [MONTHS[number - 1], match[1]] : [number + '月', match[1] + '年'];
  };

  LC.month = (text) => {
    const parts = LC.monthParts(text);
    return language === 'en' ? parts.join(' ') : parts.reverse().join('');
  };

  /** Join names as a list is written in the language. */
  LC.list = (names) => names.join(language === 'en' ? ', ' : '、');
  LC.NONE = NONE;
})();
