/**
 * Runs in the page before its own scripts: gives the built preload a `require('electron')` of its own. It is written as text,
 * because it must not be bundled or instrumented. The page and the preload share one world here; in Electron they do not.
 */
export function pageSide(preload: string, origin: string): string {
  return `(() => {
  const tell = window.${BINDING};
  delete window.${BINDING};
  if (window !== window.top || location.origin !== ${JSON.stringify(origin)}) return;
  const channels = new Map();
  const ports = new Map();
  const carry = (number) => {
    const { port1, port2 } = new MessageChannel();
    ports.set(number, port2);
    port2.onmessage = (event) => void tell({ type: 'port-message', port: number, data: event.data });
    port2.addEventListener('close', () => void tell({ type: 'port-close', port: number }));
    return port1;
  };
  const hear = (message) => {
    if (message.type === 'port-message') ports.get(message.port)?.postMessage(message.data);
    else if (message.type === 'port-close') ports.get(message.port)?.close();
    else {
      const event = { ports: message.ports.map(carry), sender: ipcRenderer };
      for (const listener of channels.get(message.channel) ?? []) listener(event, message.data);
    }
  };
  const ipcRenderer = {
    on(channel, listener) {
      channels.set(channel, [...(channels.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    send: (channel, ...args) => void tell({ type: 'ipc', channel, args }),
  };
  const deepFrozen = (value) => {
    if (typeof value === 'function') return (...args) => value(...args);
    if (typeof value !== 'object' || value === null) return value;
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deepFrozen(inner)])));
  };
  const contextBridge = {
    exposeInMainWorld(name, api) {
      if (name in window) throw new Error('Cannot bind an API on top of an existing property on the window object');
      Object.defineProperty(window, name, { value: deepFrozen(api), enumerable: true });
    },
  };
  const modules = { electron: { contextBridge, ipcRenderer } };
  const require = (name) => {
    if (Object.hasOwn(modules, name)) return modules[name];
    throw new Error('module not found: ' + name);
  };
  Object.defineProperty(window, Symbol.for('electron-stand-in'), { value: hear });
  ((require, process, module, exports) => {
${preload}
  })(require, { platform: ${JSON.stringify(process.platform)}, type: 'renderer', sandboxed: true }, { exports: {} }, {});
})();`;
}

export const BINDING = 'electronStandInTell';
