/**
 * The calculation of one cell: verdict in words, value and threshold, the clause that binds, every
 * input with its origin, the checklist, the document and how sure its text is.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};

  /** Give terms as a list; those without a text are left out. */
  LC.rules.terms = (pairs) =>
    LC.h(
      'dl',
      { class: 'terms' },
      pairs
        .filter(([, text]) => text !== null && text !== undefined && text !== '')
        .map(([key, text]) => [
          LC.h('dt', null, LC.t('rules_term_' + key)),
          LC.h('dd', null, text),
        ])
    );

  const versionText = (pack) => LC.t(pack.effective_to ? 'rules_version_to' : 'rules_version', {
    version: pack.version,
    from: LC.month(pack.effective_from),
    to: LC.month(pack.effective_to),
  });

  const noteOf = (rule) => (LC.lang() === 'en' ? rule.note_en : rule.note_zh);

  /** Say where a demand stands and how much it weighs. */
  LC.rules.source = (pack, rule) => [
    ['document', pack.document],
    ['clause', rule.clause],
    ['version', versionText(pack)],
    ['formula', rule.components ? null : rule.formula],
    ['demand', rule.demand],
    ['applies', rule.applies || LC.t('rules_applies_all')],
    ['severity', LC.t('rules_severity_' + rule.severity)],
    ['confidence', LC.t('rules_confidence_' + rule.confidence)],
    ['note', noteOf(rule)],
  ];

  /** Say out of what a share was made; what is unknown or exempt stands beside it. */
  LC.rules.share = (verdict) => {
    if (verdict.denominator === null || verdict.denominator === undefined) return null;
    const amount = (value) => LC.integer(value || 0);
    return LC.t('rules_share', {
      part: amount(verdict.numerator),
      whole: amount(verdict.denominator),
      unknown: amount(verdict.unknown),
      exempt: amount(verdict.exempt),
    });
  };

  function stateOf(verdict) {
    const isApart = verdict.reason === 'exempt' || verdict.reason === 'reference';
    return isApart ? verdict.reason : verdict.verdict;
  }
  LC.rules.stateOf = stateOf;

  function verdictTerms(found) {
    const { rule, verdict, components } = found;
    const isKnown = verdict.verdict !== 'not_assessable';
    const missing = LC.list(verdict.missing.filter((name) => !name.startsWith('room_'))
      .map(LC.rules.inputName));
    return [
      ['value', LC.rules.number(verdict.value, rule.unit)],
      ['threshold', LC.rules.number(verdict.threshold, rule.unit)],
      ['gap', LC.rules.gap(verdict.gap, rule.unit)],
      ['binding', verdict.clause],
      ['share', LC.rules.share(verdict)],
      ['reason', verdict.reason ? LC.t('rules_why_' + verdict.reason) : null],
      ['missing', isKnown || components.length ? null : missing],
    ];
  }

  /** Name an input: a number of the pack by its own words, others by what they are called. */
  LC.rules.inputName = (name) => {
    const key = 'rules_in_' + name;
    const text = LC.t(key);
    if (text !== key) return text;
    const [, kind, code] = /^(near|within15|count|floor_m2)_([A-Z_]+|all)$/.exec(name) || [];
    if (!kind) return name;
    const own = (LC.app.view.categories || []).find((one) => one.code === code);
    return LC.t('rules_in_' + kind + '_of', { category: own ? LC.nameOf(own) : code });
  };

  function originOf(one) {
    if (one.origin === null) return LC.t('rules_unknown');
    if (one.is_own) return LC.t('rules_from_own');
    if (one.is_inferred) return LC.t('rules_from_pack_inferred');
    return LC.t('rules_from_' + one.origin);
  }

  function inputRow(one) {
    const title = one.zh ? LC.nameOf(one) : LC.rules.inputName(one.name);
    const isShare = /^(near|within15)_/.test(one.name);
    const known = one.word === null
      ? LC.rules.number(one.value, one.unit || (isShare ? '%' : ''))
      : LC.rules.word(one.word);
    return LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row', title: one.name }, title),
      LC.h('td', null, one.value === null && one.word === null ? LC.t('rules_unknown') : known),
      LC.h('td', null, originOf(one))
    );
  }

  /** Say a word of the ledgers that has words on this page; others stand as written. */
  LC.rules.word = (word) => {
    const key = 'rules_word_' + word;
    const text = LC.t(key);
    return text === key ? word : text;
  };

  function inputs(found) {
    if (!found.inputs.length) return null;
    const heads = ['input', 'value', 'origin'];
    return [
      LC.h('h3', null, LC.t('rules_inputs')),
      LC.h(
        'table',
        { class: 'table rules-inputs' },
        LC.h(
          'thead',
          null,
          LC.h('tr', null, heads.map((key) =>
            LC.h('th', { scope: 'col' }, LC.t('rules_col_' + key))))
        ),
        LC.h('tbody', null, found.inputs.map(inputRow))
      ),
      found.file ? LC.rules.terms([['file', LC.t('rules_file_row', found.file)]]) : null,
    ];
  }

  const PRESENCE = { true: 'rules_there', false: 'rules_not_there', null: 'rules_not_said' };

  function checklist(found) {
    if (!found.components.length) return null;
    return [
      LC.h('h3', null, LC.t('rules_parts')),
      LC.h(
        'ul',
        { class: 'rules-parts' },
        found.components.map((one) =>
          LC.h(
            'li',
            { class: one.is_there === false ? 'is-absent' : null },
            LC.h('span', null, LC.nameOf(one)),
            LC.h('span', { class: 'note' }, LC.t(PRESENCE[String(one.is_there)]))
          ))
      ),
    ];
  }

  function closeButton() {
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'link detail-close',
        'data-key': 'close',
        'aria-label': LC.t('close'),
        on: { click: () => LC.act({ at: null, s: null }) },
      },
      '×'
    );
  }

  /** Give the panel of an open cell; null while it is on its way. */
  LC.rules.calculation = (app, matrix, one, id) => {
    const entry = LC.rules.cell(app, matrix, one, id);
    if (!entry.value) return [closeButton(), LC.waiting(entry)];
    const found = entry.value;
    const { place, rule, verdict, pack } = found;
    const head = [
      LC.h('div', { class: 'detail-path' }, LC.h('span', null, place.parent), closeButton()),
      LC.h('h2', { class: 'detail-name' }, place.name),
      LC.h('p', { class: 'rules-demand' }, LC.h('b', null, rule.rule), ' ', LC.nameOf(rule)),
    ];
    if (!verdict) {
      return [
        ...head,
        LC.h('p', { class: 'rules-verdict' }, LC.t('rules_is_none')),
        LC.rules.terms(LC.rules.source(pack, rule)),
      ];
    }
    const state = stateOf(verdict);
    return [
      ...head,
      LC.h('p', { class: 'rules-verdict is-' + state }, LC.t('rules_is_' + state)),
      LC.rules.terms(verdictTerms(found)),
      checklist(found),
      inputs(found),
      LC.rules.costs(found.costs, rule.unit),
      LC.h('h3', null, LC.t('std_about_title')),
      LC.rules.terms(LC.rules.source(pack, rule)),
    ];
  };
})();
