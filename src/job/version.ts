/** Version written into reports; equal to package.json's (held by a test). */
export const VERSION = '0.1.0';
