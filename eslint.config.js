import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const DOM_ONLY = [
  'window',
  'document',
  'localStorage',
  'sessionStorage',
  'location',
  'history',
  'alert',
  'HTMLElement',
];

export default ts.config(
  {
    ignores: [
      'dist',
      'node_modules',
      '.cache',
      'test-results',
      'playwright-report',
      'models/training',
      'public/sample',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.es2021 } } },
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: { globals: { ...globals.browser, __CROP2SEG_VERSION__: 'readonly' } },
    rules: {
      // TypeScript knows better which names exist.
      'no-undef': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // Everything below the page runs the same in a page, a worker and Node.
    files: ['src/**/*.ts'],
    ignores: ['src/app/**'],
    rules: { 'no-restricted-globals': ['error', ...DOM_ONLY] },
  },
  {
    files: ['scripts/**', 'bin/**', 'cli/**', 'bench/**', 'tests/**', '*.config.*'],
    languageOptions: { globals: { ...globals.node } },
    rules: {
      'no-console': 'off',
      // Playwright reads the names of fixtures out of the first parameter, which must be a pattern.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
);
