// The page: tasks are picked, inputs typed, answers shown.

import * as api from './api.js';
import * as answers from './answers.js';
import * as packs from './packs.js';
import { byId, make } from './dom.js';

let tasks = [];
const typed = new Map(); // what was typed, by the name of the input

const chosen = () => {
  const names = new Set([...document.querySelectorAll('#tasks input:checked')].map((box) => box.value));
  return tasks.filter((task) => names.has(task.name));
};

async function load() {
  try {
    tasks = (await api.tasks()).filter((task) => !task.error);
    byId('served').textContent = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
    byId('key-form').hidden = true;
    showTasks();
  } catch (problem) {
    byId('served').textContent = problem.status === 401 ? 'This server asks for a key.' : `Not available: ${problem.message}`;
    byId('key-form').hidden = problem.status !== 401;
    if (problem.status === 401) {
      byId('key').focus();
    }
  }
}

function showTasks() {
  byId('tasks').replaceChildren(
    ...tasks.map((task, i) =>
      make('label', {}, make('input', { type: 'checkbox', value: task.name, checked: i === 0 }), task.name)));
  choose();
}

/** The fields of all chosen tasks, each once. */
function fields() {
  const all = new Map();
  for (const task of chosen()) {
    for (const input of task.inputs) {
      const known = all.get(input.name) || { ...input, tasks: [] };
      known.tasks.push(task.name);
      all.set(input.name, known);
    }
  }
  return [...all.values()];
}

function choose() {
  const several = chosen().length > 1;
  const needed = fields();
  byId('inputs').replaceChildren(
    ...needed.map((field, i) => {
      const id = `input-${i}`;
      const control = field.type === 'whole-number'
        ? make('input', { id, type: 'number', step: '1', required: true })
        : make('textarea', { id, required: true, rows: '3' });
      control.value = typed.get(field.name) ?? '';
      control.dataset.name = field.name;
      control.dataset.type = field.type;
      control.addEventListener('input', () => typed.set(field.name, control.value));
      const hint = several && field.tasks.length < chosen().length ? ` for ${field.tasks.join(', ')}` : '';
      const form = field.type === 'texts' ? ', one a line' : '';
      return make('div', { class: 'field' },
        make('label', { for: id }, field.name, make('small', {}, `${form}${hint}`)), control);
    }));
  byId('submit').disabled = needed.length === 0;
  byId('pack-hint').hidden = chosen().length > 0;
  byId('packs').replaceChildren(...chosen().map(packs.show));
}

function values() {
  const given = {};
  for (const control of document.querySelectorAll('#inputs [data-name]')) {
    const { name, type } = control.dataset;
    if (control.value === '') {
      continue;
    }
    given[name] = type === 'whole-number' ? Number(control.value)
      : type === 'texts' ? control.value.split('\n').filter((line) => line.trim() !== '')
      : control.value;
  }
  return given;
}

/** One task takes its own inputs only; tasks with the same inputs are asked together. */
function requests() {
  const given = values();
  const groups = new Map();
  for (const task of chosen()) {
    const names = task.inputs.map((input) => input.name);
    const group = groups.get(names.join('\n')) || { names, tasks: [] };
    group.tasks.push(task.name);
    groups.set(names.join('\n'), group);
  }
  return [...groups.values()].map(({ names, tasks: asked }) => {
    const input = Object.fromEntries(names.filter((name) => name in given).map((name) => [name, given[name]]));
    return { input, body: { tasks: asked, inputs: [input] } };
  });
}

async function ask(event) {
  event.preventDefault();
  byId('submit').disabled = true;
  byId('time').textContent = 'Asking …';
  const results = byId('results');
  results.classList.toggle('side', byId('compare').checked);
  try {
    const all = requests();
    const replies = await Promise.all(all.map(({ body }) => api.predict(body)));
    const shown = replies.flatMap((reply, i) => reply.results.map((result) => showResult(result, all[i].input)));
    results.replaceChildren(...shown);
    const millis = replies.reduce((sum, reply) => Math.max(sum, reply.milliseconds), 0);
    byId('time').textContent = `${shown.length === 1 ? '1 answer' : `${shown.length} answers`} in ${millis.toFixed(1)} ms`;
    byId('answers').focus({ preventScroll: false });
  } catch (problem) {
    results.replaceChildren(make('p', { class: 'problem' }, problem.message));
    byId('time').textContent = 'No answer.';
    if (problem.status === 401) {
      byId('key-form').hidden = false;
    }
  } finally {
    byId('submit').disabled = false;
  }
}

function showResult(result, input) {
  const task = tasks.find((each) => each.name === result.task) || { name: result.task };
  const content = result.error
    ? [make('p', { class: 'problem' }, result.error.detail)]
    : answers.show(task, result.answer, input).filter((part) => part);
  return make('article', { class: 'result' }, make('h3', {}, task.name), ...content);
}

function filter() {
  const wanted = byId('filter').value.toLowerCase();
  for (const label of byId('tasks').children) {
    label.hidden = !label.textContent.toLowerCase().includes(wanted);
  }
}

function check(value) {
  for (const label of byId('tasks').children) {
    if (!label.hidden || !value) {
      label.querySelector('input').checked = value;
    }
  }
  choose();
}

byId('tasks').addEventListener('change', choose);
byId('filter').addEventListener('input', filter);
byId('all').addEventListener('click', () => check(true));
byId('none').addEventListener('click', () => check(false));
byId('ask').addEventListener('submit', ask);
byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  api.useKey(byId('key').value);
  byId('key').value = '';
  load();
});
load();
