/** The weights of a backbone: asked for by its parts, read from a checkpoint, and saved again. */
package org.ptuning4j.backbone.weight;
