declare module 'node-nvidia-smi' {
  /**
   * Runs `nvidia-smi -q -x` found on the PATH, and gives its XML as xml2js does. The error may be an Error, or the text
   * that was written to stderr; both arguments are null when nothing was printed.
   */
  export default function nvidiaSmi(callback: (error: unknown, data: unknown) => void): void;
}
