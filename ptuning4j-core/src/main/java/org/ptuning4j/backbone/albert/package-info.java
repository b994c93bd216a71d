/** ALBERT. */
package org.ptuning4j.backbone.albert;
