/** Parts that models are made of. */
package org.ptuning4j.backbone.layer;
