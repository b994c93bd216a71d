/** T5 and its kin: an encoder reads a source, a decoder writes a target. */
package org.ptuning4j.backbone.t5;
