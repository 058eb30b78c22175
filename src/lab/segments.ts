/** Designs of segments as the doors ask for them: from a file's text, built in, checked and predicted. Pure. */
import {
  builtInSegments,
  InputError,
  jsonFault,
  makeIssue,
  nearest,
  numactlCommands,
  parseSegmentDesign,
  placeOf,
  predictSegment,
  rangePresets,
  type SegmentDesign,
  segmentJsonSchema,
  validateProfile,
} from '../sim/index.ts';
import type { CheckedSegment, SegmentCatalogue } from './contract.ts';

let catalogue: SegmentCatalogue | undefined;

export function segmentCatalogue(): SegmentCatalogue {
  catalogue ??= { designs: builtInSegments(), presets: rangePresets, schema: segmentJsonSchema() };
  return catalogue;
}

/** A profile and a design (as edited) checked, and what the design comes to; what is wrong comes back as issues, never thrown. */
export function checkSegment(profile: unknown, value: unknown): CheckedSegment {
  let design: SegmentDesign | undefined;
  try {
    design = parseSegmentDesign(value);
    const prediction = predictSegment(validateProfile(profile, 'machine'), design);
    return { design, prediction, numactl: numactlCommands(design), issues: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...(design === undefined ? {} : { design }), numactl: [], issues: error.issues };
  }
}

/** The design in the text of a file. Throws an InputError that names the file and the place of each mistake. */
export function segmentOf(text: string, name: string): SegmentDesign {
  const json = text.replace(/^\uFEFF/, '');
  const fault = jsonFault(json);
  if (fault !== undefined) {
    const { line, column } = placeOf(json, fault.offset);
    throw new InputError(name, [makeIssue('json', `line ${line}, column ${column}`, fault.expected, fault.found)]);
  }
  return parseSegmentDesign(JSON.parse(json), name);
}

/** A built-in design by its id. Throws an InputError that names the nearest one. */
export function builtInSegment(id: string): SegmentDesign {
  const found = builtInSegments().find((each) => each.id === id);
  if (found !== undefined) return found.design;
  const ids = builtInSegments().map((each) => each.id);
  const near = nearest(id, ids);
  const issue = makeIssue(
    'segment',
    '',
    `a design of the library (${ids.join(', ')})`,
    JSON.stringify(id.slice(0, 60)),
  );
  throw new InputError('', [
    near === undefined ? issue : { ...issue, message: `${issue.message}; did you mean ${near}?` },
  ]);
}
