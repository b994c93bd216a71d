/** GLM of the papers: blanks in a text are filled token by token, at two-dimensional positions. */
package org.ptuning4j.backbone.glm;
