/** Models in artefacts, resolved by the user's own Maven. */
package org.ptuning4j.hub.maven;
