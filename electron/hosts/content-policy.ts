/**
 * The styles are inline because the component kit and the charts write them; scripts come from our files alone. Trusted
 * types cannot be required yet: the chart library clears its element by assigning an empty text to `innerHTML`.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
