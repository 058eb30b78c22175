import tseslint from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import prettier from 'eslint-config-prettier';

const noElectron = {
  group: ['electron', 'electron/*'],
  allowTypeImports: true,
  message: 'Only electron/main/main.ts and the preload import Electron at run time; everything else gets it injected.',
};
const layer = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noElectron, ...patterns] }] },
});

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'docs/'] },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    rules: {
      'no-undef': 'off', // the compiler's job, one tsconfig per layer
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/sim/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'performance', 'setTimeout', 'setInterval', 'crypto'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance is injected: base/rng.ts.' },
        { object: 'Date', property: 'now', message: 'Time is virtual.' },
      ],
    },
  },
  layer(['src/**/*.ts', 'renderer/**/*.{ts,svelte}'], []),
  { files: ['**/*.svelte'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } },
  { files: ['**/*.mjs', '**/*.js'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } },
);
