// Saves bytes that the page holds as a file of the person at the screen. Nothing goes over the network.

export function save(fileName: string, content: Uint8Array<ArrayBuffer>): void {
  const address = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has taken hold of the blob by then; without this the bytes would stay until the page goes.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
