/** Switches that open the app to a debugger: Node's inspector and Chromium's remote debugging, in all their forms. */
const DEBUG_SWITCH = /^(?:--?|\/)(?:inspect(?:-\w+)*|remote-debugging-\w+|remote-allow-origins|debug(?:-\w+)*)(?:=|$)/i;

/** The first switch with which a packaged app refuses to start, or null. */
export function debugSwitchIn(switches: readonly string[]): string | null {
  return switches.find((text) => DEBUG_SWITCH.test(text)) ?? null;
}
