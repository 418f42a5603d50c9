/** The part of the WebAssembly interface that the kernel needs; Node's own types leave it to the DOM's. */
declare namespace WebAssembly {
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  // An interface, because other type packages may declare it as one too.
  interface Module {
    readonly __compiled?: never;
  }
  class Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports?: object): Promise<Instance>;
}
