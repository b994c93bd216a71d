// How answers are shown: by the fields that they have, whatever the kind of their task.

import { make, number } from './dom.js';

const HUES = 8;
const SHOWN_LABELS = 12;

/** An answer as elements. `values` are the inputs that were asked about. */
export function show(task, answer, values) {
  if (answer.entities) {
    return [inContext(wordText(answer), entities(answer), 'No entity was found.')];
  }
  if (answer.arguments) {
    return [roles(answer)];
  }
  if ('start' in answer && 'end' in answer && 'answer' in answer) {
    return span(answer, values);
  }
  if (answer.probabilities) {
    return labels(task, answer);
  }
  return plain(answer);
}

/** A bar for each label, the most probable first. */
function labels(task, answer) {
  const names = Object.fromEntries((task.labels || []).map((each) => [each.label, each.name]));
  const called = (label) => names[label] || label;
  const entries = Object.entries(answer.probabilities).sort((a, b) => b[1] - a[1]);
  const best = Array.isArray(answer.labels) ? answer.labels.map(called).join(', ') || 'no label' : called(answer.label);
  const rows = entries.slice(0, SHOWN_LABELS).map(([label, probability]) => {
    const meter = make('meter', { min: '0', max: '1', value: String(probability), 'aria-label': called(label) });
    return make('tr', {},
      make('th', { scope: 'row' }, called(label)),
      make('td', {}, meter),
      make('td', { class: 'number' }, `${(100 * probability).toFixed(1)} %`));
  });
  const more = entries.length - rows.length;
  return [
    make('p', { class: 'best' }, best),
    make('table', { class: 'bars' }, make('caption', { class: 'quiet' }, 'Probability of each label'), make('tbody', {}, ...rows)),
    more > 0 ? make('p', { class: 'quiet' }, `and ${more} less probable labels`) : null,
  ];
}

/** Words joined as the places of entities count them. */
function wordText(answer) {
  return answer.words.join(' ');
}

function entities(answer) {
  return answer.entities.map((each) => ({ start: wordStart(answer.words, each.first_word), end: wordEnd(answer.words, each.last_word), name: each.type, probability: each.probability }));
}

function wordStart(words, index) {
  return words.slice(0, index).reduce((sum, word) => sum + word.length + 1, 0);
}

function wordEnd(words, index) {
  return wordStart(words, index) + words[index].length;
}

function roles(answer) {
  const marks = [{ start: wordStart(answer.words, answer.predicate), end: wordEnd(answer.words, answer.predicate), name: 'predicate' }];
  for (const argument of answer.arguments) {
    for (const part of argument.parts) {
      marks.push({ start: wordStart(answer.words, part.first_word), end: wordEnd(answer.words, part.last_word), name: argument.role, probability: argument.probability });
    }
  }
  marks.sort((a, b) => a.start - b.start);
  return inContext(wordText(answer), marks, 'No argument was found.');
}

function span(answer, values) {
  const none = answer.start < 0;
  const best = make('p', { class: 'best' }, none ? 'no answer' : answer.answer);
  const sure = make('p', { class: 'quiet' }, `probability ${number(answer.probability)}`);
  const context = values.context ?? values.pair;
  const shown = none || typeof context !== 'string' || context.slice(answer.start, answer.end) !== answer.answer
    ? null
    : inContext(context, [{ start: answer.start, end: answer.end, name: 'answer' }], '');
  return [best, sure, shown];
}

/** A text with some of its parts marked and named. */
function inContext(text, marks, nothing) {
  const names = [...new Set(marks.map((mark) => mark.name))];
  const shown = make('p', { class: 'shown' });
  let at = 0;
  for (const mark of marks) {
    if (mark.start < at) {
      continue; // within the one before
    }
    shown.append(text.slice(at, mark.start));
    const hue = `hue-${names.indexOf(mark.name) % HUES}`;
    const title = mark.probability === undefined ? mark.name : `${mark.name}, probability ${number(mark.probability)}`;
    shown.append(make('mark', { class: hue, title }, text.slice(mark.start, mark.end), make('b', {}, mark.name)));
    at = mark.end;
  }
  shown.append(text.slice(at));
  return make('div', {}, shown, marks.length === 0 && nothing ? make('p', { class: 'quiet' }, nothing) : null);
}

function plain(answer) {
  const fields = Object.entries(answer);
  const first = answer.text ?? answer.value ?? answer.answer;
  return [
    first === undefined ? null : make('p', { class: 'best' }, typeof first === 'number' ? number(first) : String(first)),
    make('details', {}, make('summary', {}, 'All fields'), make('pre', {}, JSON.stringify(Object.fromEntries(fields), null, 2))),
  ];
}
