// Talks to the server. The key stays in this page's memory: it is gone when the page is.

let key = '';

export function useKey(given) {
  key = given.trim();
}

/** A problem as the server tells it; without one, the connection is broken. */
export class Problem extends Error {
  constructor(status, told) {
    super(told.detail || 'the server cannot be reached');
    this.status = status;
    this.told = told;
  }
}

async function send(path, options) {
  const headers = { ...options.headers };
  if (key) {
    headers.Authorization = `Bearer ${key}`;
  }
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new Problem(0, {});
  }
  const told = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Problem(response.status, told);
  }
  return told;
}

export const tasks = async () => (await send('/v1/tasks', {})).tasks;

export const predict = (body) =>
  send('/v1/predict', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
