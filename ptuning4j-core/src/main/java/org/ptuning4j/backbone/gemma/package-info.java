/** Gemma 3: norms around each part, windows among global layers, scaled embeddings. */
package org.ptuning4j.backbone.gemma;
