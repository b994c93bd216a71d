/** ModernBERT: norms before each part, gates, rotary positions, windows and global layers. */
package org.ptuning4j.backbone.modernbert;
