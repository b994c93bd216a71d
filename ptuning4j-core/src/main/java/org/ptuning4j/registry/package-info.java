/** A folder of published packs: immutable versions, aliases, an audit log, signatures. */
package org.ptuning4j.registry;
