/** Norms, and where attention and layers have them. */
package org.ptuning4j.backbone.layer.norm;
