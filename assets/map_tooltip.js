/**
 * The note beside the pointer: at most five lines about the unit or facility under it. A hint,
 * never the only place.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const DELAY_MS = 80;
  let timer = 0;
  let node = null;

  /** Estimate the share that a code stands for; exact figures are in the tables. */
  LC.shareOfCode = (code) => {
    if (code === 0) return 0;
    if (code === 254) return 1;
    if (code <= 100) return (code - 0.5) / 200;
    if (code <= 200) return 0.5 + ((code - 100.5) / 100) * 0.4;
    return code <= 252 ? 0.9 + ((code - 200.5) / 52) * 0.1 : null;
  };

  function shareLine(code) {
    const word = LC.t('class_' + LC.CLASSES[LC.CLASS_OF_CODE[code]]);
    const share = LC.shareOfCode(code);
    if (share === null || share === 0 || share === 1) return word;
    return LC.t('tip_about', { word, n: Math.min(99, Math.max(1, Math.round(share * 100))) });
  }

  function minuteLine(code) {
    if (code === 255) return LC.t('class_no_data');
    if (code > 60) return LC.t('minutes_code_' + code);
    return LC.t('tip_minutes', { n: code });
  }

  function linesOf(scene, names, unit, app) {
    const lines = [(names && names.names[unit]) || LC.t('unit_' + scene.unit)];
    if (scene.indicator) {
      const { one, layer } = scene.indicator;
      lines.push(one.rule
        ? LC.rules.tip(one, layer, unit)
        : LC.nameOf(one) + ' ' + LC.indicatorText(one, layer.values[unit]));
    } else if (scene.codes) {
      lines.push(scene.isMinutes ? minuteLine(scene.codes[unit]) : shareLine(scene.codes[unit]));
    }
    const people = names && names.people ? names.people[unit] : null;
    if (people !== null && people !== undefined) lines.push(LC.amountText(people, 'people'));
    lines.push(LC.t(app.state.p === 'coverage' ? 'tip_click' : 'tip_click_overview'));
    return lines;
  }

  function facilityLines(one) {
    if (one.count > 1) return [LC.nameOf(one.category), LC.t('tip_cluster', { n: one.count })];
    return [one.name || LC.nameOf(one.category), LC.nameOf(one.category), ...LC.facilityHours(one)];
  }

  function show(map, point, lines) {
    const container = map.getContainer();
    if (!node || node.parentNode !== container) {
      node = LC.h('div', { class: 'map-tip', role: 'tooltip' });
      container.appendChild(node);
    }
    LC.replace(
      node,
      lines.slice(0, 5).map((line, k) => LC.h('div', { class: k ? '' : 'map-tip-name' }, line))
    );
    const size = map.getSize();
    const left = point.x + 14 + node.offsetWidth > size.x
      ? point.x - node.offsetWidth - 12
      : point.x + 14;
    const top = Math.min(point.y + 14, size.y - node.offsetHeight - 4);
    node.style.transform = 'translate(' + Math.max(4, left) + 'px,' + Math.max(4, top) + 'px)';
    node.classList.add('is-on');
  }

  LC.tooltip = {
    hide() {
      clearTimeout(timer);
      if (node) node.classList.remove('is-on');
    },
    /** Show what is under a point after a short stay there. */
    at(map, stack, point, app) {
      clearTimeout(timer);
      const { frame, scene } = stack;
      const unit = stack.unitAt(point);
      const projected = map.project(map.containerPointToLatLng(point), frame.zoom);
      const at = projected.subtract(frame.origin).multiplyBy(frame.ratio);
      const facility = LC.facilityAt(frame, at.x, at.y);
      if (unit < 0 && !facility) {
        LC.tooltip.hide();
        return;
      }
      timer = setTimeout(() => {
        if (facility) {
          show(map, point, facilityLines(facility));
          return;
        }
        const names = LC.namesOf(scene.release, scene.unit);
        if (names.value) show(map, point, linesOf(scene, names.value, unit, app));
        else if (names.isFailed) LC.tooltip.hide();
        else names.promise.then(() => LC.tooltip.at(map, stack, point, app));
      }, DELAY_MS);
    },
  };
})();
