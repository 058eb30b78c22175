/**
 * The one dispatcher behind the desktop's ipc and the browser's http: checks the method's name and its parameters by
 * the contract's schema, calls the lab, and returns what happened as plain data.
 */
import type { z } from 'zod';
import { InputError, makeIssue } from '../sim/index.ts';
import { type LabApi, type MethodName, methods, type Result } from './contract.ts';
import { toFailure } from './failure.ts';
import { schemaIssues } from './schema-issues.ts';

export type Dispatch = (method: unknown, params: unknown) => Promise<Result<unknown>>;

/** A dispatcher for `api`. It never rejects: refusals and failures are results. */
export function dispatcher(api: LabApi): Dispatch {
  return async (method, params) => {
    try {
      const name = checkMethod(method);
      const call = api[name] as (...checked: readonly unknown[]) => Promise<unknown>;
      return { ok: true, value: await call(...checkParams(name, params)) };
    } catch (error) {
      return { ok: false, failure: toFailure(error) };
    }
  };
}

function checkMethod(method: unknown): MethodName {
  if (typeof method === 'string' && Object.hasOwn(methods, method)) return method as MethodName;
  const found = typeof method === 'string' ? JSON.stringify(method.slice(0, 60)) : typeof method;
  throw new InputError('', [makeIssue('unknown-method', '', 'a method of the lab', found)]);
}

function checkParams(name: MethodName, params: unknown): readonly unknown[] {
  const checked = (methods[name].params as z.ZodType<readonly unknown[]>).safeParse(params);
  if (checked.success) return checked.data;
  throw new InputError(
    name,
    schemaIssues(checked.error, params).map(({ issue }) => issue),
  );
}
