/** DeBERTa, version 1 and versions 2 and 3. */
package org.ptuning4j.backbone.deberta;
