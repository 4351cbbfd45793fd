import { OrphanedReferenceRegistry } from '@nestjs/graphql/dist/schema-builder/services/orphaned-reference.registry.js';

/**
 * Keeps Nest from putting into every schema of a process whatever any field of any class in it leads to, as it does for the
 * sake of types that stand behind interfaces: we have none. Where the three apps are one process, the counter of one app
 * would else come to stand beside that of another, under the same name, and none of them would start.
 */
export function leaveOutOrphanedTypes(): void {
  OrphanedReferenceRegistry.prototype.addToRegistryIfOrphaned = () => undefined;
}
