/** The part of svgcanvas that is used: a canvas whose context writes SVG. It ships no types. */
declare module 'svgcanvas' {
  interface Options {
    readonly width: number;
    readonly height: number;
    /** A real context, for measuring text. */
    readonly ctx?: CanvasRenderingContext2D;
  }
  export class Context {
    constructor(options: Options);
    getSerializedSvg(fixNamedEntities?: boolean): string;
  }
  export class Element {
    constructor(options: Options);
    readonly ctx: Context;
    getContext(type: '2d'): Context;
  }
}
