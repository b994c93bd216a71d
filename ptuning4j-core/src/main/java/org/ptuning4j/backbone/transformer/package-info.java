/** A backbone put together of parts: what all families share but their parts. */
package org.ptuning4j.backbone.transformer;
