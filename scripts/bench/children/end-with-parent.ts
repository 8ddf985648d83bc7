/** Lets a child end in the ordinary way when its parent is gone, however that ended. */
export function endWithParent(): void {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
