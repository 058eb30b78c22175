/** The simulator's only door. What is not named here is its own business. */
export { Cancelled, InputError, InvariantError, makeIssue, type Issue } from './base/errors.ts';

export { builtInById, builtins, type BuiltIn } from './profiles/builtin/index.ts';
export { describeValue } from './profiles/describe.ts';
export { flavourById, flavours, type Flavour } from './profiles/flavours.ts';
export { formatProfile } from './profiles/format.ts';
export { jsonFault, placeOf } from './profiles/json-fault.ts';
export { profileJsonSchema, type FieldSchema } from './profiles/json-schema.ts';
export { nearest } from './profiles/nearest.ts';
export { parseProfile, validateProfile } from './profiles/parse.ts';
export { parsePath, pathText, shorten, type Segment } from './profiles/path-text.ts';
export { SET_BY_HAND, parseAssignment, setPath } from './profiles/paths.ts';
export { traitsOf } from './profiles/resolve.ts';
export * from './profiles/kernel-schema.ts';
export * from './profiles/schema.ts';
export { assumedGroups, assumedPaths, isAssumed, sourceOf } from './profiles/sources.ts';
export type { KernelTraits, StructPage } from './profiles/traits.ts';

export { GIB, KIB, MIB, asNodeId } from './base/units.ts';
export type {
  BindingAdvice,
  BusyResource,
  LocalityReport,
  MissSummary,
  ProcessLocality,
  RangeLocality,
  SegmentLocality,
} from './engine/locality-report.ts';
export { metrics, type Metric } from './engine/metrics.ts';
export type { CpuMoment, LinkMoment, Marker, MarkerKind, Moment, NodeMoment, ZoneMoment } from './engine/moment.ts';
export {
  RUN_FORMAT,
  RUN_VERSION,
  type RunConfig,
  type RunReport,
  type SampleFrame,
  type Table,
} from './engine/report.ts';
export type { SchedulingReport } from './engine/scheduling-report.ts';
export type { HistoryRow } from './kernel/sched/history.ts';
export { type FollowStep } from './base/follow.ts';
export { Timeline } from './engine/events.ts';
export { type Followed, type FollowEvent, followEvents, followReference, type FollowWhat } from './engine/follow.ts';
export { type FollowedLine } from './engine/follow-looks.ts';
export { followText } from './interop/follow-text.ts';
export { type FollowedLists, type FollowedPage } from './kernel/alloc/follow-lists.ts';
export { Simulation } from './engine/simulation.ts';
export { type Reached, type RunTo, type Stop, stopOf } from './engine/stops.ts';
export { xrayMachine } from './engine/boot-kernel.ts';
export { predictSegment } from './engine/segment/predict.ts';
export type { CheckedSegment, SegmentPrediction } from './engine/segment/prediction.ts';
export { ENGINE_VERSION } from './engine/version.ts';
export { procFiles, procText, type ProcFile } from './interop/proc-text.ts';
export { bootLog } from './interop/boot-log.ts';
export type { SizeNotation } from './interop/lackey.ts';
export { numactlCommands } from './interop/numactl-commands.ts';
export { TraceFolder, type FoldedTrace } from './interop/packed-fold.ts';
export {
  FOOTER_BYTES,
  HEADER_BYTES,
  RECORD_BYTES,
  REGION_ENTRY_BYTES,
  checkHeader,
  decodeFooter,
  decodeRegions,
  encodeFooter,
  encodeHeader,
  encodeRegions,
} from './interop/packed.ts';
export {
  SNIFF_BYTES,
  detectTrace,
  textParser,
  type TextTraceFormat,
  type TraceFormat,
} from './interop/trace-format.ts';
export {
  type Xray,
  XRAY_MASKS,
  type XrayMask,
  type XrayOutcome,
  type XrayRequest,
  type XrayTest,
  type XrayWalk,
  type XrayZone,
} from './kernel/alloc/xray.ts';
export type { SeenRequest, SeenRequests, SeenTest, SeenZone } from './kernel/alloc/seen-requests.ts';
export type { LiveNews } from './engine/live-view.ts';
export { boot } from './kernel/boot/boot.ts';
export type { ProcSnapshot } from './kernel/proc/snapshot.ts';
export type { BootLayout, Zonelist } from './kernel/boot/layout.ts';
export { memoryLimit, type MemoryLimit, type MemorySize } from './kernel/boot/memory-limit.ts';
export { splitsOf, type Split } from './kernel/boot/splits.ts';
export { zonelistsOf } from './kernel/boot/zonelists.ts';
export { describeParameter, findLibraryWorkload, library, makeScript } from './workloads/library/library.ts';
export { factsOf, type LibraryWorkload } from './workloads/library/library-workload.ts';
export { type Turn, turnSchema } from './workloads/operations.ts';
export { patterns } from './workloads/patterns.ts';
export { buildProgram } from './workloads/registry.ts';
export {
  RECORD_WORDS,
  REGION_HIGH_SHIFT,
  REGION_SHIFT,
  SIZE_MASK,
  SIZE_SHIFT,
  type TraceInfo,
  type TraceRegion,
  type TraceSource,
} from './workloads/trace.ts';
export { parseScript, type Script } from './workloads/script.ts';
export {
  parseSegmentDesign,
  type SegmentDesign,
  type SegmentDesignInput,
  segmentJsonSchema,
} from './workloads/segment/design.ts';
export { builtInSegments, type BuiltInSegment, rangePresets, type RangePreset } from './workloads/segment/designs.ts';
export { segmentMachineOf } from './workloads/segment/machine.ts';
export { segmentCpus } from './workloads/segment/places.ts';
export { scaledDesign, segmentScript } from './workloads/segment/script.ts';
export { workloadSchema, type Program, type TraceWorkload, type WorkloadSpec } from './workloads/workload.ts';
