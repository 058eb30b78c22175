/** Connects to the lab and mounts the face. */
import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './client/client.ts';

const target = document.querySelector<HTMLElement>('#app');
if (target === null) throw new Error('index.html has no #app');

try {
  const client = await connect();
  mount(App, { target, props: { client } });
} catch (error) {
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.textContent = error instanceof Error ? error.message : String(error);
  target.replaceChildren(message);
}
